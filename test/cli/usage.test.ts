import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { version } from '../../package.json';
import { COMMANDS } from '../../src/cli/commands.ts';
import { vask } from './vask.ts';

const names = COMMANDS.map(({ name }) => name);

describe('help', () => {
  test('[CLI] without a command the overview goes to standard error, and the exit code is 2', async () => {
    const { code, out, err } = await vask([]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    for (const name of names) expect(err).toContain(`  ${name} `);
  });

  test.each([['--help'], ['-h'], ['help']])('[CLI] %s lists the commands', async (word) => {
    const { code, out, err } = await vask([word]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const name of names) expect(out).toContain(`  ${name} `);
    expect(out).toContain('Exit codes: 0 ');
  });

  test.each(names)('[CLI] vask %s --help tells purpose, usage, options and examples', async (name) => {
    const { code, out, err } = await vask([name, '--help']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(COMMANDS.find((command) => command.name === name)?.purpose ?? '');
    expect(out).toContain(`Usage\n  vask ${name} `);
    expect(out).toContain('--help');
    expect(out).toContain('Examples\n  ');
  });

  test('[CLI] vask help COMMAND is the help of the command', async () => {
    const [viaHelp, viaOption] = await Promise.all([vask(['help', 'sign']), vask(['sign', '-h'])]);
    expect(viaHelp).toEqual(viaOption);
  });

  test('[CLI] there are no colours where there is no terminal', async () => {
    const { out } = await vask(['--help']);
    expect(out).not.toContain('\x1b');
  });

  test('[CLI] --version prints the version of package.json', async () => {
    expect(await vask(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });

  test('[CLI] bin/vask.mjs starts the same under Node, and passes the exit code on', async () => {
    const program = ['node', join(import.meta.dir, '../../bin/vask.mjs')];
    expect(await vask(['--version'], { program })).toEqual({ code: 0, out: `${version}\n`, err: '' });
    expect((await vask(['nonsense'], { program })).code).toBe(2);
  });
});

describe('wrong usage ends with 2 and says what is wrong', () => {
  test.each<[args: string, says: string]>([
    ['triger', 'There is no command "triger"; did you mean trigger?'],
    ['xyzzy', 'There is no command "xyzzy".'],
    ['--prot', 'There is no option --prot; the command comes first.'],
    ['help triger', 'did you mean trigger?'],
    ['trigger --ulr x', 'There is no option --ulr; did you mean --url?'],
    ['trigger 1001 c e {} --url', '--url needs a value: --url URL'],
    ['trigger 1001 c e {} --url --key k', '--url needs a value; one that begins with a dash is written --url=-…'],
    ['listen 1001 c --json=yes', '--json takes no value.'],
    ['trigger', 'Expected APP CHANNEL EVENT DATA, but got no arguments.'],
    ['trigger 1001 c e hello world', 'DATA with blanks in it needs quotes.'],
    ['trigger 1001 e d --user 7 --info user_count', '--socket-id and --info are for channels'],
    ['trigger 1001 c e d --url ftp://x', 'is no address of a server'],
    ['trigger 1001 c e d --secret x', '--secret needs --key.'],
    ['listen', 'Expected APP and at least one CHANNEL.'],
    ['listen 1001', 'Expected at least one CHANNEL, or --user ID.'],
    ['listen 1001 c --count 0', '--count takes a whole number from 1 to 1000000.'],
    ['listen 1001 c --timeout 99999999', '--timeout takes a whole number from 1 to 1000000.'],
    ['listen 1001 #server-to-user-1 #server-to-user-2', 'One connection signs in as one user'],
    ['sign', 'Say what to sign: channel, user or request.'],
    ['sign constructor', 'Say what to sign: channel, user or request.'],
    ['sign channel --channel c', '--socket-id ID is missing.'],
    ['sign channel --socket-id 1.2', '--channel NAME is missing.'],
    ['sign user --socket-id 1.2', '--user-data JSON is missing.'],
    ['sign user extra --socket-id 1.2', 'Unexpected argument "extra"'],
    ['sign request --path apps', '--path begins with a slash'],
    ['sign request --path /apps?a=b', 'parameters go into --query'],
    ['sign request --path /apps --timestamp now', '--timestamp takes a Unix time'],
    ['doctor', 'Expected one URL'],
    ['doctor a b', 'Expected one URL'],
    ['check-config a b', 'Expected one FILE at most.'],
    ['check-config a --config b', 'Give FILE or --config, not both.'],
  ])('[CLI] vask %s', async (args, says) => {
    const { code, out, err } = await vask(args.split(' '));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(says);
    expect(err).toMatch(/See vask (\S+ )?--help\.\n$/);
  });
});

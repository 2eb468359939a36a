// The public surface of the command line. What stands here is relied on by scripts: a line that changes is a change for
// users, and goes into the changelog.
import { expect, test } from 'bun:test';
import { checkConfig } from '../../src/cli/check-config.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { doctor } from '../../src/cli/doctor.ts';
import { listen } from '../../src/cli/listen.ts';
import { sign } from '../../src/cli/sign.ts';
import { trigger } from '../../src/cli/trigger.ts';

const SURFACE = `
trigger APP CHANNEL EVENT DATA [options]
trigger APP EVENT DATA --user ID [options]
  --socket-id ID
  --info LIST
  --user ID
  --timeout SECONDS
  -u --url URL
  -c --config FILE
  --key KEY
  --secret SECRET
  -h --help
listen APP CHANNEL… [options]
listen APP --user ID [options]
  --json
  --user ID
  --count N
  --timeout SECONDS
  -u --url URL
  -c --config FILE
  --key KEY
  --secret SECRET
  -h --help
sign channel --socket-id ID --channel NAME [--channel-data JSON] [options]
sign user --socket-id ID --user-data JSON [options]
sign request --path PATH [--method METHOD] [--query QUERY] [--body TEXT] [--timestamp SECONDS] [options]
  --socket-id ID
  --channel NAME
  --channel-data JSON
  --user-data JSON
  --method METHOD
  --path PATH
  --query QUERY
  --body TEXT
  --timestamp SECONDS
  --app APP
  -c --config FILE
  --key KEY
  --secret SECRET
  --json
  -h --help
doctor URL --key KEY --secret SECRET [options]
doctor URL --app APP [--config FILE] [options]
doctor URL
  --app APP
  -c --config FILE
  --key KEY
  --secret SECRET
  --timeout SECONDS
  --json
  -h --help
`;

test('[CLI] the commands are these', () => {
  expect(COMMANDS.map(({ name }) => name)).toEqual(['serve', 'check-config', 'trigger', 'listen', 'sign', 'doctor']);
});

test('[CLI] the forms and options of the commands are these', () => {
  const lines = [trigger, listen, sign, doctor].flatMap(({ name, usage, options }) => [
    ...usage.map((form) => `${name} ${form}`),
    ...Object.entries(options).map(([option, { short, value }]) => {
      const flags = short === undefined ? `--${option}` : `-${short} --${option}`;
      return `  ${flags}${value === undefined ? '' : ` ${value}`}`;
    }),
  ]);
  expect(lines.join('\n')).toBe(SURFACE.trim());
});

test('[CLI] check-config takes the settings of the server, whose list is in docs/configuration.md', () => {
  expect(checkConfig.usage).toEqual(['[FILE] [options]']);
  expect(Object.keys(checkConfig.options)).toEqual(
    expect.arrayContaining(['config', 'port', 'tls-cert', 'json', 'help']),
  );
});

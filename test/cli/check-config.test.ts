import { expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCertificate } from '../support/certificate.ts';
import { emptyDirectory, vask } from './vask.ts';

const SECRET = 'a-secret-that-nobody-may-see';
const CONFIG = { port: 7002, apps: [{ id: '1001', key: 'the-key', secret: SECRET }] };

async function check(content: object, args: readonly string[] = []) {
  using directory = emptyDirectory();
  writeFileSync(join(directory.path, 'vask.json'), JSON.stringify(content));
  return await vask(['check-config', 'vask.json', ...args], {
    directory: directory.path,
    env: { VASK_LOG_LEVEL: 'warn' },
  });
}

test('[CLI] check-config prints each value with where it came from, and no secret', async () => {
  const { code, out, err } = await check(CONFIG, ['--host', '127.0.0.1']);
  expect(code).toBe(0);
  expect(out).toMatch(/^port +7002 +file vask\.json$/m);
  expect(out).toMatch(/^host +127\.0\.0\.1 +flag --host$/m);
  expect(out).toMatch(/^logLevel +warn +env VASK_LOG_LEVEL$/m);
  expect(out).toMatch(/^pathPrefix .* default$/m);
  expect(out).toContain('the-key');
  expect(out + err).not.toContain(SECRET);
});

test('[CLI] check-config --json is for programs, and has no secret either', async () => {
  const { code, out } = await check(CONFIG, ['--json']);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ config: { port: 7002 }, sources: { port: 'file vask.json' } });
  expect(out).not.toContain(SECRET);
});

test('[CLI] check-config tells all faults at once, with exit code 1', async () => {
  const wrong = { port: 'many', prot: 7002, apps: [{ id: '1001', secret: SECRET }] };
  const { code, out, err } = await check(wrong);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  for (const path of ['port', 'prot', 'apps[0].key']) expect(err).toContain(`\n  ${path}`);
  expect(err).not.toContain(SECRET);
  const json = await check(wrong, ['--json']);
  expect(json.code).toBe(1);
  expect((JSON.parse(json.out) as { faults: string[] }).faults.length).toBeGreaterThanOrEqual(3);
});

test('[CLI] check-config without an app says which one the server would use', async () => {
  const { code, err } = await check({});
  expect(code).toBe(0);
  expect(err).toContain('vask-data/app.json');
});

test('[CLI] check-config looks into the files of TLS as the server will', async () => {
  using mine = makeCertificate();
  using other = makeCertificate();
  const tls = (cert: string, key: string) => check({ ...CONFIG, tls: { cert, key } });
  expect((await tls(mine.cert, mine.key)).code).toBe(0);
  const missing = await tls('/nowhere.pem', '/nowhere.key');
  expect(missing).toMatchObject({ code: 1, out: '' });
  for (const name of ['tls.cert: cannot be read', 'tls.key: cannot be read']) expect(missing.err).toContain(name);
  expect((await tls(mine.cert, other.key)).err).toContain('cannot be used together');
});

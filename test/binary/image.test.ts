// The content of the Docker image without Docker: the folder that its file makes, as the root of a process without rights.
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { emptyDirectory } from '../cli/vask.ts';
import { ProgramVask } from '../support/program-vask.ts';

const ROOT = join(import.meta.dir, '../..');
const BUILD_MS = 60_000;

/** It takes root, and a system that lets root make a view of its own of the files. */
const canEnter = process.getuid?.() === 0 && Bun.spawnSync(['unshare', '-m', 'true'], { stderr: 'ignore' }).success;
if (!canEnter) console.warn('This user may not change its root, so the content of the Docker image is not tested.');

const folder = emptyDirectory();
const root = join(folder.path, 'root');
afterAll(() => folder[Symbol.dispose]());

beforeAll(() => {
  if (!canEnter) return;
  const program = join(folder.path, 'vask');
  const steps = [
    [process.execPath, join(ROOT, 'scripts/build-binary.ts'), '--outfile', program],
    ['sh', join(ROOT, 'deploy/docker/root-folder.sh'), program, root],
  ];
  for (const step of steps) {
    const { success, stderr } = Bun.spawnSync(step, { stdout: 'ignore', stderr: 'pipe' });
    if (!success) throw new Error(stderr.toString());
  }
  // Docker gives both to every container.
  for (const name of ['proc', 'dev']) mkdirSync(join(root, name));
}, BUILD_MS);

/** Runs the program in the folder, with nothing else of this machine but /proc and /dev. */
const INSIDE = [
  'unshare',
  '-m',
  'sh',
  '-c',
  'mount --rbind /dev "$0/dev" && mount --rbind /proc "$0/proc" && cd "$0" && exec env -i VASK_DATA_DIRECTORY=/data "$(command -v chroot)" --userspec=65532:65532 "$0" /usr/local/bin/vask "$@"',
  root,
];

test.skipIf(!canEnter)('the image has all that the program needs, and a folder in which it may write', async () => {
  await using server = await ProgramVask.start(INSIDE, { configuration: false });
  expect(existsSync(join(root, 'data', 'vask.db'))).toBe(true);
  const health = Bun.spawnSync([...INSIDE, 'health', server.url], { stdout: 'pipe', stderr: 'pipe' });
  expect({ out: health.stdout.toString(), err: health.stderr.toString(), code: health.exitCode }).toEqual({
    out: 'OK\n',
    err: '',
    code: 0,
  });
  expect(await server.stop()).toBe(0);
});

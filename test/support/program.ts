// What a test starts when it starts a Vask as a process: Bun and the sources, or the program that TEST_PROGRAM names, so
// that a single-file build is tested by the same tests.
import { join } from 'node:path';

const MAIN = join(import.meta.dir, '../../src/cli/main.ts');
const given = process.env['TEST_PROGRAM'];

/** The beginning of the command line; the name of the command follows. */
export const PROGRAM: readonly string[] = given === undefined ? [process.execPath, MAIN] : [given];

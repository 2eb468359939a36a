// Compares the documentation with the code, so that neither can change alone.
import { describe, expect, test } from 'bun:test';
import { closeFaults, frameFaults, httpFaults } from '../src/protocol/faults.ts';

const ROOT = `${import.meta.dir}/..`;
const read = (path: string) => Bun.file(`${ROOT}/${path}`).text();

/** The cells of all table rows under a heading, without the two rows of its head. */
function tableUnder(markdown: string, heading: string): string[][] {
  const section = markdown.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(2).map((row) => row.slice(2, -2).split(' | '));
}

const quoted = (text: string) => `\`${text}\``;

describe('docs/errors.md', async () => {
  const errors = await read('docs/errors.md');

  test('[P-2.5] lists every fault that closes a connection, and no other', () => {
    expect(tableUnder(errors, 'Refusals that end a connection')).toEqual(
      Object.entries(closeFaults).map(([name, { code, text, client, advice }]) => [
        quoted(name),
        String(code),
        quoted(text),
        client,
        advice,
      ]),
    );
  });

  test('[P-3.3] lists every fault of a command, and no other', () => {
    expect(tableUnder(errors, 'Refusals of one command')).toEqual(
      Object.entries(frameFaults).map(([name, { code, text, advice }]) => [
        quoted(name),
        String(code),
        quoted(text),
        advice,
      ]),
    );
  });

  test('[H-4.1] lists every fault of the HTTP API, and no other', () => {
    expect(tableUnder(errors, 'Refusals of the HTTP API')).toEqual(
      Object.entries(httpFaults).map(([name, { status, text, advice }]) => [
        quoted(name),
        String(status),
        quoted(text),
        advice,
      ]),
    );
  });
});

test('[P-2.5] docs/protocol.md explains every close code, and no other', async () => {
  const codes = tableUnder(await read('docs/protocol.md'), 'P-2 Connecting').map(([code]) => code ?? '');
  expect(codes).toEqual([...new Set(codes)]);
  expect(new Set(codes)).toEqual(new Set(Object.values(closeFaults).map(({ code }) => String(code))));
});

const CLAUSE = /\b[PHW]-\d+(?:\.\d+)?\b/g;

describe('clauses', async () => {
  const documents = [await read('docs/protocol.md'), await read('docs/http-api.md'), await read('docs/webhooks.md')];
  const clauses = documents.flatMap((text) =>
    [...text.matchAll(/^- \*\*([PHW]-\d+\.\d+)\*\* /gm)].map(([, id]) => id ?? ''),
  );
  const chapters = documents.flatMap((text) => [...text.matchAll(/^## ([PHW]-\d+) /gm)].map(([, id]) => id ?? ''));
  const glob = new Bun.Glob('{src,test,examples,docs}/**/*.{ts,md}');
  const files = (await Array.fromAsync(glob.scan({ cwd: ROOT }))).sort();
  const contents = await Promise.all(files.map(async (path) => ({ path, text: await read(path) })));

  test('are numbered without gaps, each number once', () => {
    const expected = chapters.flatMap((chapter) => {
      const count = clauses.filter((clause) => clause.startsWith(`${chapter}.`)).length;
      return Array.from({ length: count }, (_, index) => `${chapter}.${index + 1}`);
    });
    expect(clauses).toEqual(expected);
    expect(clauses.length).toBeGreaterThan(0);
  });

  test('that are cited anywhere exist', () => {
    const known = new Set([...clauses, ...chapters]);
    const unknown = contents.flatMap(({ path, text }) =>
      [...text.matchAll(CLAUSE)].filter(([id]) => !known.has(id)).map(([id]) => `${path}: ${id}`),
    );
    expect(unknown).toEqual([]);
  });

  /** The clauses in brackets at the beginning of a test's title, which may be a row of a table. */
  function proved(): Set<string> {
    const titles = contents
      .filter(({ path }) => path.endsWith('.test.ts') || path.startsWith('test/'))
      .flatMap(({ text }) => [...text.matchAll(/['"`]((?:\[[PHW]-[^\]]*\])+)/g)]);
    return new Set(titles.flatMap(([, ids]) => (ids ?? '').match(CLAUSE) ?? []));
  }

  test('of the protocol are each proved by a test', () => {
    const cited = proved();
    expect(clauses.filter((clause) => clause.startsWith('P-') && !cited.has(clause))).toEqual([]);
  });

  test('of webhooks are each proved by a test', () => {
    const cited = proved();
    expect(clauses.filter((clause) => clause.startsWith('W-') && !cited.has(clause))).toEqual([]);
  });

  test('of the HTTP API are each proved by a test', () => {
    const cited = proved();
    expect(clauses.filter((clause) => clause.startsWith('H-') && !cited.has(clause))).toEqual([]);
  });
});

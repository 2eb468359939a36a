// Compares docs/admin-api.md with the code, so that neither can change alone.
import { expect, test } from 'bun:test';
import { type ProblemKind, problems, problemType } from '../../src/admin/problems.ts';
import { ROUTES } from '../../src/admin/routes.ts';

const ROOT = `${import.meta.dir}/../..`;
const markdown = await Bun.file(`${ROOT}/docs/admin-api.md`).text();

/** The cells of all table rows under a heading, without the two rows of its head. */
function tableUnder(heading: string): string[][] {
  const section = markdown.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter((row) => row.startsWith('| '));
  return rows.slice(2).map((row) => row.slice(2, -2).split(' | '));
}

test('[A-3.1] the documentation lists every route with its access, and no other', () => {
  expect(tableUnder('The routes')).toEqual(
    Object.values(ROUTES).map(({ method, path, summary, needs, scope }) => [
      `\`${method} ${path}\``,
      summary,
      needs,
      scope,
    ]),
  );
});

test('[A-1.3] the documentation lists every refusal, and no other', () => {
  expect(tableUnder('Refusals')).toEqual(
    Object.entries(problems).map(([kind, { status, title, advice }]) => [
      // Object.entries forgets which names there are.
      `\`${problemType(kind as ProblemKind)}\``,
      String(status),
      title,
      advice,
    ]),
  );
});

const CLAUSE = /\bA-\d+\.\d+\b/g;

test('clauses of the admin API are numbered without gaps, and each is proved by a test', async () => {
  const clauses = [...markdown.matchAll(/^- \*\*(A-\d+\.\d+)\*\* /gm)].map(([, id]) => id ?? '');
  const chapters = [...markdown.matchAll(/^## (A-\d+) /gm)].map(([, id]) => id ?? '');
  const expected = chapters.flatMap((chapter) => {
    const count = clauses.filter((clause) => clause.startsWith(`${chapter}.`)).length;
    return Array.from({ length: count }, (_, index) => `${chapter}.${index + 1}`);
  });
  expect(clauses).toEqual(expected);
  const cited = new Set<string>();
  for await (const path of new Bun.Glob('{src,test}/**/*.test.ts').scan({ cwd: ROOT })) {
    const text = await Bun.file(`${ROOT}/${path}`).text();
    for (const [, ids] of text.matchAll(/['"`]\[(A-[^\]]*)\]/g))
      for (const [id] of ids?.matchAll(CLAUSE) ?? []) cited.add(id);
  }
  expect([...cited].filter((id) => !clauses.includes(id))).toEqual([]);
  expect(clauses.filter((id) => !cited.has(id))).toEqual([]);
});

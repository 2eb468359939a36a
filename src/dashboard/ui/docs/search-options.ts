// How the documentation is searched; the build makes the index with the same options.

/** What is between two headings. */
export interface Section {
  readonly id: string;
  /** Of the document, in its address. */
  readonly name: string;
  readonly title: string;
  readonly anchor: string;
  readonly text: string;
}

export const SEARCH_OPTIONS = {
  fields: ['title', 'text'],
  storeFields: ['name', 'title', 'anchor'],
  searchOptions: { boost: { title: 3 }, prefix: true, combineWith: 'AND' as const },
};

// What a command is made of: a table, from which arguments are read and the help is written.

/** One line of the list of commands; all that main.ts needs. */
export interface Command {
  readonly name: string;
  readonly purpose: string;
  /** @returns the exit code. */
  run(argv: readonly string[]): Promise<number>;
}

export interface Option {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** Stands for the value in the help. */
  readonly value?: string;
  readonly text: string;
}

export type Options = Readonly<Record<string, Option>>;

export type Values<O extends Options> = {
  readonly [Name in keyof O]?: (O[Name]['type'] extends 'boolean' ? boolean : string) | undefined;
};

export interface CommandTable<O extends Options = Options> {
  readonly name: string;
  readonly purpose: string;
  /** What follows `vask NAME`, one entry a form. */
  readonly usage: readonly string[];
  readonly details?: string;
  readonly options: O;
  /** Most of the options as text, where a table of their own describes them better. */
  readonly optionsHelp?: () => string;
  readonly examples: readonly string[];
  execute(values: Values<O>, positionals: readonly string[]): Promise<number> | number;
}

// Whose apps they are, as far as one node must know: what all of them together use.
import { Quota } from './quota.ts';

export class Owner {
  readonly id: string;
  /** Open connections of all apps. */
  connections = 0;
  readonly quota = new Quota();

  constructor(id: string) {
    this.id = id;
  }
}

// The atomic steps of the shared outbox, each a file of Lua that says what it does.
import { Script } from '../../redis/script.ts';
import clear from './lua/clear.lua' with { type: 'text' };
import commit from './lua/commit.lua' with { type: 'text' };
import release from './lua/release.lua' with { type: 'text' };
import take from './lua/take.lua' with { type: 'text' };

export const TAKE = new Script(take, 2);
export const COMMIT = new Script(commit, 'any');
export const CLEAR = new Script(clear, 'any');
export const RELEASE = new Script(release, 1);

export const OUTBOX_SCRIPTS: readonly Script[] = [TAKE, COMMIT, CLEAR, RELEASE];

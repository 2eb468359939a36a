// The atomic steps. Each is a file in lua/ behind the text that all of them share.
import { Script } from '../../redis/script.ts';
import beat from './lua/beat.lua' with { type: 'text' };
import channels from './lua/channels.lua' with { type: 'text' };
import common from './lua/common.lua' with { type: 'text' };
import count from './lua/count.lua' with { type: 'text' };
import enter from './lua/enter.lua' with { type: 'text' };
import fence from './lua/fence.lua' with { type: 'text' };
import forget from './lua/forget.lua' with { type: 'text' };
import leave from './lua/leave.lua' with { type: 'text' };
import nodes from './lua/nodes.lua' with { type: 'text' };
import publish from './lua/publish.lua' with { type: 'text' };
import reap from './lua/reap.lua' with { type: 'text' };
import recall from './lua/recall.lua' with { type: 'text' };
import recount from './lua/recount.lua' with { type: 'text' };
import recountConnections from './lua/recount-connections.lua' with { type: 'text' };
import register from './lua/register.lua' with { type: 'text' };
import restate from './lua/restate.lua' with { type: 'text' };
import signIn from './lua/sign-in.lua' with { type: 'text' };
import signOut from './lua/sign-out.lua' with { type: 'text' };
import tellCount from './lua/tell-count.lua' with { type: 'text' };
import withdraw from './lua/withdraw.lua' with { type: 'text' };

const shared: string = common;
const step = (lua: string): Script => new Script(shared + lua, 1);

export const steps = {
  beat: step(beat),
  channels: step(channels),
  count: step(count),
  enter: step(enter),
  fence: step(fence),
  forget: step(forget),
  leave: step(leave),
  nodes: step(nodes),
  publish: step(publish),
  reap: step(reap),
  recall: step(recall),
  recount: step(recount),
  recountConnections: step(recountConnections),
  register: step(register),
  restate: step(restate),
  signIn: step(signIn),
  signOut: step(signOut),
  tellCount: step(tellCount),
  withdraw: step(withdraw),
} as const;

/** All of them, to be made known when a session begins. */
export const ALL_STEPS: readonly Script[] = Object.values(steps);

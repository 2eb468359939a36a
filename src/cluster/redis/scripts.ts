// The atomic steps. Each is a file in lua/, behind the text that all of them share and the parts that it needs.
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
import channelPart from './lua/part-channel.lua' with { type: 'text' };
import connectionsPart from './lua/part-connections.lua' with { type: 'text' };
import eventPart from './lua/part-event.lua' with { type: 'text' };
import factsPart from './lua/part-facts.lua' with { type: 'text' };
import memberPart from './lua/part-member.lua' with { type: 'text' };
import userPart from './lua/part-user.lua' with { type: 'text' };
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

function step(lua: string, ...parts: readonly string[]): Script {
  return new Script([shared, ...parts, lua].join('\n'), 1);
}

export const steps = {
  beat: step(beat),
  channels: step(channels),
  count: step(count),
  enter: step(enter, factsPart, channelPart, memberPart, eventPart),
  fence: step(fence),
  forget: step(forget),
  leave: step(leave, factsPart, channelPart, memberPart),
  nodes: step(nodes),
  publish: step(publish),
  reap: step(reap, factsPart, channelPart, memberPart, userPart, connectionsPart),
  recall: step(recall, eventPart),
  recount: step(recount),
  recountConnections: step(recountConnections, connectionsPart),
  register: step(register),
  restate: step(restate, factsPart, channelPart, memberPart),
  signIn: step(signIn, userPart),
  signOut: step(signOut, userPart),
  tellCount: step(tellCount),
  withdraw: step(withdraw),
} as const;

/** All of them, to be made known when a session begins. */
export const ALL_STEPS: readonly Script[] = Object.values(steps);

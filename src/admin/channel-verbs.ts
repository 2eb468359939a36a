// The channels and users of an app as they are now, and what a backend could do: publish, sign, end connections.

import { lookInto } from '../engine/look-into.ts';
import type { ChannelCount } from '../engine/ports.ts';
import { signedIn } from '../engine/signed-in.ts';
import { byCode } from '../engine/signed-in-here.ts';
import { terminate } from '../engine/terminate.ts';
import { channelKind, parseChannelName } from '../protocol/channel-name.ts';
import type { ChannelName, UserId } from '../protocol/ids.ts';
import { appSubject, note } from './audit.ts';
import { cursorOf } from './fields.ts';
import { isNumberCursor, OTHER_LIST } from './pages.ts';
import { refuse } from './problems.ts';
import { publishEvent } from './publish-event.ts';
import type { channelRoutes } from './routes-live.ts';
import { runningApp } from './seen-app.ts';
import { signFor } from './sign-for.ts';
import { NOT_RUNNING, type Site } from './site.ts';
import { type Call, DONE, isProblem, type Verbs } from './verb.ts';

const DEFAULT_ROWS = 50;
const MOST_MEMBERS = 200;

export function channelVerbs(site: Site): Verbs<typeof channelRoutes> {
  return {
    listChannels: (call) => listChannels(site, call),
    showChannel: (call) => showChannel(site, call),

    async listUsers({ app, query: { limit = DEFAULT_ROWS, cursor } }) {
      if (site.node === undefined) return refuse('unavailable', NOT_RUNNING);
      const after = cursor === undefined ? '' : Buffer.from(cursor, 'base64url').toString();
      const users = await signedIn(site.node.engine, app.id, limit + 1, after);
      const items = users.slice(0, limit);
      const last = users.length > limit ? items.at(-1) : undefined;
      // A user id may have any character, and the cursor of a list holds no other than visible ones.
      return {
        body: { items, next: last === undefined ? null : cursorOf(Buffer.from(last.id).toString('base64url')) },
      };
    },

    async terminateUser({ app, params, caller }) {
      if (site.node === undefined) return refuse('unavailable', NOT_RUNNING);
      const running = runningApp(site, app.id);
      if (isProblem(running)) return running;
      await terminate(site.node.engine, running, params.user as UserId);
      await note(site, caller, 'user.terminate', appSubject(app.id), { user: params.user });
      return DONE;
    },

    publishEvent: (call) => publishEvent(site, call),
    signFor: (call) => signFor(site, call),
  };
}

type Row = readonly [name: ChannelName, count: ChannelCount];

// Channels come and go between two pages, so a cursor is only a place in the list.
async function listChannels(site: Site, { app, query }: Call<typeof channelRoutes.listChannels>) {
  const { limit = DEFAULT_ROWS, cursor, prefix = '', sort = 'name' } = query;
  if (site.node === undefined) return refuse('unavailable', NOT_RUNNING);
  if (!isNumberCursor(cursor)) return refuse('badRequest', OTHER_LIST);
  const from = Number(cursor ?? 0);
  const channels = await site.node.engine.cluster.ledger.channels(app.id, prefix);
  const byName = ([one]: Row, [other]: Row): number => byCode(one, other);
  const bySize = (one: Row, other: Row): number => other[1].subscribers - one[1].subscribers || byName(one, other);
  const rows = [...channels].sort(sort === 'name' ? byName : bySize).slice(from, from + limit);
  const items = rows.map(([name, { subscribers, users }]) => {
    return { name, kind: channelKind(name).title, subscribers, users };
  });
  const hasMore = channels.size > from + limit;
  return { body: { items, next: hasMore ? cursorOf(String(from + limit)) : null } };
}

async function showChannel(site: Site, { app, params }: Call<typeof channelRoutes.showChannel>) {
  if (site.node === undefined) return refuse('unavailable', NOT_RUNNING);
  const running = runningApp(site, app.id);
  if (isProblem(running)) return running;
  const name = parseChannelName(params.channel, running.limits.channelNameLength);
  if (name === null) return refuse('notFound', 'No channel can have this name.');
  const { subscribers, users, cached, members } = await lookInto(site.node.engine, running, name);
  const shown = members.slice(0, MOST_MEMBERS);
  return {
    body: {
      name,
      kind: channelKind(name).title,
      isOccupied: subscribers > 0,
      subscribers,
      users,
      cached:
        cached === null
          ? null
          : { event: cached.event.name, data: cached.event.data, leftMs: Math.max(0, Math.round(cached.leftMs)) },
      members: shown.map(({ userId, info }) => ({ id: userId, info })),
      moreMembers: members.length - shown.length,
    },
  };
}

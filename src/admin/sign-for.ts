// Signs what a client asks to be signed, as a backend would: a subscription, or a sign-in.
import { createHash } from 'node:crypto';
import type { App } from '../core/app.ts';
import { channelKind, parseChannelName } from '../protocol/channel-name.ts';
import { isRefusal } from '../protocol/faults.ts';
import { type ChannelName, isSocketId, type SocketId } from '../protocol/ids.ts';
import { decodeMember, decodeUser } from '../protocol/member-data.ts';
import { channelStringToSign, userStringToSign } from '../protocol/signatures.ts';
import { type Problem, refuse } from './problems.ts';
import type { channelRoutes } from './routes-live.ts';
import { runningApp } from './seen-app.ts';
import type { Site } from './site.ts';
import { type Answered, type Call, isProblem } from './verb.ts';

type Wanted = Call<typeof channelRoutes.signFor>['body'];

/** Bytes of the key of which the backend makes the secrets of encrypted channels. */
const MASTER_KEY_BYTES = 32;

export async function signFor(site: Site, { app, body }: Call<typeof channelRoutes.signFor>) {
  const running = runningApp(site, app.id);
  if (isProblem(running)) return running;
  const { socketId, channel, userData } = body;
  if (!isSocketId(socketId)) return wrong('/socketId', 'must be two numbers joined by a dot');
  if ((channel === undefined) === (userData === undefined)) {
    return wrong('', 'must have either channel or userData');
  }
  if (userData !== undefined) return signUser(running, socketId, userData);
  const name = parseChannelName(channel ?? '', running.limits.channelNameLength);
  return name === null ? wrong('/channel', 'is no name of a channel') : signChannel(running, socketId, name, body);
}

function signUser(app: App, socketId: SocketId, userData: string) {
  const user = decodeUser(userData, app.limits.presenceUserIdLength);
  if (isRefusal(user)) return wrong('/userData', user.text);
  return answer(app, userStringToSign(socketId, userData), { userData });
}

function signChannel(app: App, socketId: SocketId, channel: ChannelName, { channelData, ...body }: Wanted) {
  const kind = channelKind(channel);
  if (!kind.authorized) return wrong('/channel', 'is no private or presence channel, which needs no signature');
  if (kind.presence) {
    const member = decodeMember(channelData ?? '', app.limits);
    if (isRefusal(member)) return wrong('/channelData', member.text);
  }
  const secret = kind.encrypted ? sharedSecretOf(channel, body.encryptionMasterKey) : {};
  if (isProblem(secret)) return secret;
  const shown = channelData === undefined ? secret : { ...secret, channelData };
  return answer(app, channelStringToSign(socketId, channel, channelData ?? null), shown);
}

/** Only backends know the key of encrypted channels, so who wants to read them has to say it. */
function sharedSecretOf(channel: ChannelName, masterKey: string | undefined): { sharedSecret?: string } | Problem {
  if (masterKey === undefined) return {};
  const key = Buffer.from(masterKey, 'base64');
  if (key.length !== MASTER_KEY_BYTES)
    return wrong('/encryptionMasterKey', `must be ${MASTER_KEY_BYTES} bytes in base64`);
  return { sharedSecret: createHash('sha256').update(channel).update(key).digest('base64') };
}

interface Shown {
  readonly channelData?: string;
  readonly userData?: string;
  readonly sharedSecret?: string;
}

function answer(app: App, toSign: string, shown: Shown): Answered<Shown & { readonly auth: string }> | Problem {
  const [first] = app.signers;
  if (first === undefined) return refuse('conflict', 'The app has no key that counts.');
  const [key, signer] = first;
  return { body: { auth: `${key}:${signer.sign(toSign)}`, ...shown } };
}

function wrong(pointer: string, detail: string): Problem {
  return { problem: 'badRequest', errors: [{ pointer, detail }] };
}

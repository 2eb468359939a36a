// What a client sends to subscribe or sign in, signed with the secret that a command has at hand.
import { channelKind } from '../protocol/channel-name.ts';
import type { ChannelName, SocketId } from '../protocol/ids.ts';
import { channelStringToSign, Signer, userStringToSign } from '../protocol/signatures.ts';
import type { Credentials } from './target.ts';

/** @param user the member that enters a presence channel. */
export function subscribeData(credentials: Credentials, socketId: string, channel: string, user: string): object {
  const kind = channelKind(channel as ChannelName);
  if (!kind.authorized) return { channel };
  const channelData = kind.presence ? JSON.stringify({ user_id: user }) : null;
  const stringToSign = channelStringToSign(socketId as SocketId, channel as ChannelName, channelData);
  const auth = authOf(credentials, stringToSign);
  return channelData === null ? { channel, auth } : { channel, auth, channel_data: channelData };
}

export function signInData(credentials: Credentials, socketId: string, user: string): object {
  const userData = JSON.stringify({ id: user });
  return { auth: authOf(credentials, userStringToSign(socketId as SocketId, userData)), user_data: userData };
}

function authOf({ key, secret }: Credentials, stringToSign: string): string {
  return `${key}:${new Signer(secret).sign(stringToSign)}`;
}

// The names that travel on the wire. Each is a string that has been checked once, at the edge; the brand keeps an
// unchecked string, or a name of another kind, from being passed where a checked one is needed.

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type AppId = Branded<'AppId'>;
export type ChannelName = Branded<'ChannelName'>;
export type SocketId = Branded<'SocketId'>;
export type UserId = Branded<'UserId'>;

const SOCKET_ID = /^\d{1,20}\.\d{1,20}$/;

/** True for two dot-separated decimal integers, the only form that every server SDK accepts (docs/protocol.md P-2.4). */
export function isSocketId(text: string): text is SocketId {
  return SOCKET_ID.test(text);
}

/** The socket id made of two whole numbers. They must come from a secure source: the id is the nonce of all signatures. */
export function socketIdOf(high: number, low: number): SocketId {
  return `${high}.${low}` as SocketId;
}

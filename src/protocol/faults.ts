// The catalogue of refusals: everything that a client or a backend can be told, with code, text and advice.
// docs/errors.md lists the same, and a test compares. Codes of retired faults are never used again.

/** A refusal that ends a connection: an error frame with the code, then a close with the same code (P-2.5). */
export interface CloseFault {
  readonly kind: 'close';
  readonly code: number;
  readonly text: string;
  /** What the official clients do next. */
  readonly client: 'gives up' | 'switches to TLS' | 'reconnects after a pause' | 'reconnects at once';
  readonly advice: string;
}

/** A refusal of one command: an error frame; the connection stays (P-3.3). */
export interface FrameFault {
  readonly kind: 'frame';
  readonly code: number | null;
  readonly text: string;
  readonly advice: string;
}

/** A refusal of an HTTP request: a status and one line of plain text (docs/http-api.md H-4). */
export interface HttpFault {
  readonly kind: 'http';
  readonly status: number;
  readonly text: string;
  readonly advice: string;
}

export type Fault = CloseFault | FrameFault | HttpFault;

/** One occurrence of a fault, its text filled in for the case at hand. */
export interface Refusal<F extends Fault = Fault> {
  readonly fault: F;
  readonly text: string;
}

const close = (code: number, text: string, client: CloseFault['client'], advice: string): CloseFault => ({
  kind: 'close',
  code,
  text,
  client,
  advice,
});
const frame = (code: number | null, text: string, advice: string): FrameFault => ({
  kind: 'frame',
  code,
  text,
  advice,
});
const http = (status: number, text: string, advice: string): HttpFault => ({ kind: 'http', status, text, advice });

/** Faults that close the connection. Clients read the hundreds: 40xx give up, 41xx pause, 42xx at once. */
// biome-ignore format: a table is read row by row
export const closeFaults = {
  tlsOnly: close(4000, 'Application only accepts SSL connections, reconnect using wss://', 'switches to TLS', 'Connect with wss:// (`forceTLS: true`), or set `tlsOnly` of the app to false.'),
  unknownApp: close(4001, 'App key {key} not in this cluster. Did you forget to specify the cluster?', 'gives up', 'Check the app key and that host and port are those of Vask.'),
  appDisabled: close(4003, 'Application disabled', 'gives up', 'Set `enabled` of the app to true.'),
  overQuota: close(4004, 'Account over quota', 'gives up', 'Raise `limits.connections` of the app, or the quota of its owner.'),
  pathNotFound: close(4005, 'Path not found', 'gives up', 'Connect to /app/KEY, after the configured `pathPrefix` if there is one.'),
  badVersion: close(4006, 'Invalid version string format', 'gives up', 'Send the protocol version as a whole number: ?protocol=7.'),
  unsupportedProtocol: close(4007, 'Unsupported protocol version {version}', 'gives up', 'Vask speaks protocol versions 4 to 7; update the client library.'),
  noProtocol: close(4008, 'No protocol version supplied', 'gives up', 'Send ?protocol=7, or leave the parameter out.'),
  notAuthorizedInTime: close(4009, 'Connection not authorized within timeout', 'gives up', 'Sign in or subscribe to a private or presence channel in time, or switch `userAuthentication.required` off.'),
  originNotAllowed: close(4009, 'Origin not allowed', 'gives up', 'Add the origin of the page to `allowedOrigins` of the app.'),
  overCapacity: close(4100, 'Over capacity', 'reconnects after a pause', 'This node holds `maxConnections` connections; raise it or add a node.'),
  overloaded: close(4100, 'Server is overloaded, reconnect in a moment', 'reconnects after a pause', 'This node is at `overloadLagMs` or `overloadMemoryBytes`; `/ready` and the log say which. Add a node, or raise the bound.'),
  addressLimit: close(4100, 'Too many connections from your address', 'reconnects after a pause', 'Raise `connectRate` or `connectionsPerAddress`; behind a proxy, name it in `trustedProxies`.'),
  flooding: close(4101, 'Too many {what} (at most {limit} per second)', 'reconnects after a pause', 'Send less, or raise `clientMessageRate`, `clientByteRate` or `subscriptionRate`.'),
  tooManyBadAuths: close(4101, 'Too many invalid signatures', 'reconnects after a pause', 'The secret of the backend is wrong; `vask sign` prints the right signature. Or raise `badAuthRate`.'),
  starting: close(4100, 'Server is starting, reconnect in a moment', 'reconnects after a pause', 'The server does not reach Redis yet, or the database; `/ready` says why. The client tries again by itself.'),
  stopping: close(4100, 'Server is stopping, reconnect in a moment', 'reconnects after a pause', 'The server is shutting down; the client tries again by itself.'),
  reconnect: close(4200, 'Please reconnect immediately', 'reconnects at once', 'The server is shutting down or moving its connections; nothing to do.'),
  terminated: close(4200, 'Connection terminated through the HTTP API', 'reconnects at once', 'The backend ended the connections of this user; refuse the next sign-in to keep the user out.'),
  noPong: close(4201, 'Pong reply not received', 'reconnects at once', 'The client answered no ping within `pongTimeoutSeconds`; look at the network between.'),
  messageTooLarge: close(1009, 'Message too large (at most {limit} bytes)', 'reconnects after a pause', 'Send less, or raise `limits.eventBytes`, from which this bound follows.'),
  inactive: close(4202, 'Closed after inactivity', 'reconnects at once', 'No subscription and no message for `inactiveTimeoutSeconds`; raise it if that is wanted.'),
} as const satisfies Record<string, CloseFault>;

/** Faults of one command. 4009 marks what the client may not do, 4301 and 4302 are Pusher's, the rest carry no code. */
// biome-ignore format: a table is read row by row
export const frameFaults = {
  badJson: frame(null, 'Invalid JSON in message', 'Send one JSON object in each text message.'),
  binary: frame(null, 'Binary messages are not supported', 'Send text messages.'),
  noEvent: frame(null, 'Invalid message (must be an object with a string event)', 'Send {"event": …}.'),
  badData: frame(null, 'Invalid data for {event}: {reason}', 'Compare the message with docs/protocol.md.'),
  unsupportedEvent: frame(null, "Unsupported event received on socket: '{event}'", 'Clients may send pusher:ping, pusher:pong, pusher:subscribe, pusher:unsubscribe, pusher:signin and client-….'),
  badChannelName: frame(null, "Invalid channel name: '{channel}'", 'Use at most 200 of the characters A-Z a-z 0-9 _ - = @ , . ;'),
  existingSubscription: frame(null, 'Existing subscription to channel {channel}', 'Subscribe once to each channel of a connection.'),
  noSubscription: frame(4009, 'No current subscription to channel {channel}, or subscription in progress', 'Wait for subscription_succeeded before sending.'),
  tooManyChannels: frame(null, 'Too many channels on one connection (at most {limit})', 'Raise `limits.channelsPerConnection` of the app.'),
  authMissing: frame(4009, 'Auth info required to subscribe to {channel}', 'The auth endpoint must answer with an `auth` member.'),
  authMalformed: frame(4009, 'Invalid format: auth must have the format key:signature', 'Return what the server SDK made, unchanged.'),
  authWrongKey: frame(4009, "Invalid key in subscription auth data: '{key}'", 'The backend signs with another key than the client connects with.'),
  authWrongSignature: frame(4009, 'Invalid signature: Expected HMAC SHA256 hex digest of {signed}, but got {got}', 'The secret of the backend is wrong, or what it signed differs; `vask sign` prints the right signature.'),
  userOnly: frame(4009, 'Channel {channel} is only for connections signed in as that user', 'Call pusher.signin() first.'),
  memberMissing: frame(4009, 'channel_data with a user_id is required to subscribe to {channel}', 'The auth endpoint must return channel_data for a presence channel, or the connection must be signed in.'),
  memberInvalid: frame(4009, 'Invalid channel_data: {reason}', 'channel_data is JSON text with a user_id (string or number) and an optional user_info.'),
  memberTooLarge: frame(4009, 'The {part} of a presence member exceeds the allowed maximum ({limit})', 'Send less, or raise `limits.presenceUserIdLength` or `limits.presenceUserInfoBytes`.'),
  presenceFull: frame(4009, 'Channel {channel} has the allowed maximum of {limit} members', 'Raise `limits.presenceMembers` of the app.'),
  signInData: frame(4009, 'Missing parameter: data.{member}', 'pusher:signin needs user_data and auth as the user-auth endpoint returned them.'),
  signInUser: frame(4009, 'Invalid user_data: {reason}', 'user_data is JSON text with a non-empty string id.'),
  signInOff: frame(4009, 'User authentication is not enabled for this app', 'Set `userAuthentication` of the app to true.'),
  signedInAsOther: frame(4009, 'Connection is already signed in as another user', 'Reconnect before signing in as someone else.'),
  watchlistTooLong: frame(4302, 'Watchlist limit exceeded: only the first {limit} users are watched', 'Shorten the watchlist, or raise `limits.watchlistLength`.'),
  clientEventsOff: frame(4009, 'To send client events, you must enable this feature in the Settings page of your dashboard.', 'Set `clientEvents` of the app to true.'),
  clientEventChannel: frame(4009, 'Client events are not allowed on channel {channel}', 'Use a private or presence channel that is not encrypted.'),
  clientEventMalformed: frame(4009, 'Invalid client event (must contain channel and data)', 'Send {"event": "client-…", "channel": …, "data": …}.'),
  clientEventName: frame(4009, 'Client event names may have at most {limit} characters', 'Shorten the name, or raise `limits.eventNameLength`.'),
  clientEventTooLarge: frame(4009, 'The data content of this event exceeds the allowed maximum ({limit} bytes)', 'Send less, or raise `limits.eventBytes`.'),
  clientEventRate: frame(4301, 'Client event rejected: the rate limit of {limit} per second is exceeded', 'Send less often, or raise `limits.clientEventsPerSecond`.'),
  clusterUnavailable: frame(null, 'Temporarily unavailable, try again', 'The nodes cannot agree at the moment; the server log says why.'),
} as const satisfies Record<string, FrameFault>;

/** Faults of the HTTP API. Some words are looked for by the test suites of official SDKs; the tests here keep them. */
// biome-ignore format: a table is read row by row
export const httpFaults = {
  badBody: http(400, 'Request body must be a JSON object', 'Send JSON text in UTF-8.'),
  badParameter: http(400, 'Expected {name} parameter to be {expected}', 'Compare the request with docs/http-api.md.'),
  missingParameter: http(400, 'Missing parameter: {name}', 'Compare the request with docs/http-api.md.'),
  badChannelName: http(400, "Invalid channel name: '{channel}'", 'Use at most 200 of the characters A-Z a-z 0-9 _ - = @ , . ;'),
  reservedEventName: http(400, "Invalid event name: '{name}' is reserved", 'Names beginning with pusher: or pusher_internal: belong to the protocol.'),
  eventNameTooLong: http(400, 'Event name too long (at most {limit} characters)', 'Shorten the name, or raise `limits.eventNameLength`.'),
  tooManyChannels: http(400, 'Too many channels ({count}, at most {limit})', 'Split the request, or raise `limits.channelsPerEvent`.'),
  batchTooLarge: http(400, 'Batch too large ({count} events, at most {limit})', 'Split the batch, or raise `limits.batchEvents`.'),
  badInfo: http(400, "Unknown info attribute '{name}'", 'Ask for user_count, subscription_count or cache.'),
  userCountPrefix: http(400, 'user_count may only be requested for presence channels - please supply filter_by_prefix beginning with presence-', 'Add filter_by_prefix=presence-.'),
  userCountChannel: http(400, 'Cannot retrieve the user count unless the channel is a presence channel', 'Leave user_count out.'),
  cacheChannel: http(400, 'Cannot retrieve the cache unless the channel is a cache channel', 'Leave cache out.'),
  notPresence: http(400, 'Users can only be retrieved for presence channels', 'Ask for a channel whose name begins with presence-.'),
  extraneous: http(400, 'The following query string parameters are extraneous: {names}', 'Leave them out.'),
  badUserId: http(400, 'Invalid user id', 'Use 1 to 128 characters, percent-encoded in the path.'),
  badIdempotencyKey: http(400, 'An idempotency key has 1 to {limit} characters', 'Send a UUID in the Idempotency-Key header, or as idempotency_key in the body.'),
  missingAuth: http(401, 'Missing parameter: {name}', 'Every request is signed; use a Pusher server SDK.'),
  unknownKey: http(401, 'Unknown auth_key', 'Use the key of the app in the path.'),
  badVersion: http(401, 'Version not supported', 'Send auth_version=1.0.'),
  badTimestamp: http(401, 'Expected auth_timestamp to be a Unix time in seconds', 'Send the time in whole seconds.'),
  expired: http(401, 'Timestamp expired: Given timestamp ({given}) not within {window}s of server time ({now})', 'Set the clocks of both machines; `vask doctor` shows the difference.'),
  wrongSignature: http(401, 'Invalid signature: you should have sent HmacSHA256Hex({signed}, your_secret_key), but you sent {got}', 'Check the secret; `vask sign` prints string and signature.'),
  wrongBodyMd5: http(401, 'Invalid body_md5: it is not the MD5 of the body received', 'Sign exactly the bytes that are sent; a proxy may have changed them.'),
  appDisabled: http(403, 'Application disabled', 'Set `enabled` of the app to true.'),
  overMessageQuota: http(403, 'API call failed since monthly message quota exceeded', 'Raise `limits.broadcastsPerMonth` of the app, or the quota of its owner; a new month begins at 0.'),
  unknownApp: http(404, 'Unknown app', 'Use the id or the key of an app in the path.'),
  notFound: http(404, 'Not found', 'docs/http-api.md lists the paths.'),
  wrongMethod: http(405, 'Method not allowed', 'docs/http-api.md lists the methods of each path.'),
  idempotencyConflict: http(409, 'Another request was sent with this idempotency key', 'Draw a new key for each request; only a request that is sent again keeps it.'),
  bodyTooLarge: http(413, 'The request body exceeds the allowed maximum ({limit} bytes)', 'Send less, or raise `limits.eventBytes`, from which this bound follows.'),
  eventTooLarge: http(413, 'The data content of this event exceeds the allowed maximum ({limit} bytes)', 'Send less, or raise `limits.eventBytes`.'),
  upgradeRequired: http(426, 'This path is for WebSocket connections', 'Connect with a Pusher client library.'),
  tooManyRequests: http(429, 'Too many requests', 'Wait as long as Retry-After says, or raise `limits.requestsPerSecond`.'),
  tooManyBadRequests: http(429, 'Too many failing requests from your address', 'Mend what the answers before this one said, then wait as long as Retry-After says; or raise `badRequestRate`.'),
  tooManyMessages: http(429, 'Too many messages', 'Wait as long as Retry-After says, or raise `limits.messagesPerSecond`.'),
  internal: http(500, 'Internal error', 'The server log has the cause; please report it.'),
  unavailable: http(503, 'Temporarily unavailable, try again', 'The nodes cannot agree at the moment; nothing was published.'),
} as const satisfies Record<string, HttpFault>;

/** How many characters of a stranger's text are repeated back to them. */
const ECHO_LENGTH = 200;
/** What would break the one line that a refusal is, in an HTTP body or a log. */
const LINE_BREAKING = /[\p{Cc}\u2028\u2029]/gu;

/**
 * The fault as it occurred: `{name}` in its text becomes `details.name`, cut to a harmless length.
 * @param echoLength more characters, for a text that is worthless unless it is whole.
 */
export function refusal<F extends Fault>(
  fault: F,
  details?: Readonly<Record<string, string | number>>,
  echoLength = ECHO_LENGTH,
): Refusal<F> {
  if (details === undefined) return { fault, text: fault.text };
  const text = fault.text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = details[name];
    return value === undefined ? whole : String(value).slice(0, echoLength).replace(LINE_BREAKING, '\ufffd');
  });
  return { fault, text };
}

/** True for a refusal, false for the value that a decoder or verb would answer instead. */
export function isRefusal<F extends Fault>(answer: object | Refusal<F>): answer is Refusal<F> {
  return 'fault' in answer;
}

// A client that does one thing after another, for counting what each costs.
import { createHmac } from 'node:crypto';
import { credentials } from '../credentials.ts';

export class Client {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<string, () => void>();
  #socketId = '';

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#hear(String(data));
  }

  static async open(port: number): Promise<Client> {
    const client = new Client(new WebSocket(`ws://127.0.0.1:${port}/app/${credentials.key}?protocol=7`));
    await client.#heard('pusher:connection_established');
    return client;
  }

  async join(channel: string, user?: string): Promise<void> {
    const channelData = user === undefined ? undefined : JSON.stringify({ user_id: user });
    const auth = this.#sign(channelData === undefined ? channel : `${channel}:${channelData}`);
    const data = { channel, ...(channelData === undefined ? {} : { auth, channel_data: channelData }) };
    this.#send('pusher:subscribe', data);
    await this.#heard(`pusher_internal:subscription_succeeded ${channel}`);
  }

  /** It has no answer; the one to a ping that was sent behind it says as much. */
  async leave(channel: string): Promise<void> {
    this.#send('pusher:unsubscribe', { channel });
    this.#send('pusher:ping', {});
    await this.#heard('pusher:pong');
  }

  async signIn(user: string): Promise<void> {
    const userData = JSON.stringify({ id: user });
    this.#send('pusher:signin', { auth: this.#sign(`:user::${userData}`), user_data: userData });
    await this.#heard('pusher:signin_success');
  }

  close(): void {
    this.#socket.close();
  }

  #sign(text: string): string {
    const signed = createHmac('sha256', credentials.secret).update(`${this.#socketId}:${text}`);
    return `${credentials.key}:${signed.digest('hex')}`;
  }

  #send(event: string, data: object): void {
    this.#socket.send(JSON.stringify({ event, data }));
  }

  async #heard(what: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.set(what, resolve);
    await promise;
  }

  #hear(text: string): void {
    const { event, channel, data } = JSON.parse(text) as { event: string; channel?: string; data?: string };
    if (event === 'pusher:error') throw new Error(text);
    if (event === 'pusher:connection_established') this.#socketId = String(JSON.parse(data ?? '{}').socket_id);
    const what = channel === undefined ? event : `${event} ${channel}`;
    this.#waiting.get(what)?.();
    this.#waiting.delete(what);
  }
}

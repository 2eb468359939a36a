// Somebody who only wants to be served, while others try to break the server.
import { APP_ID } from './credentials.ts';
import type { TestServer } from './server.ts';

/**
 * A client that stands by. The answer is to be called after each attack: it throws unless the client still gets what
 * the backend publishes, and nothing else, and nothing inside the server has failed.
 */
export async function standBy(vask: TestServer): Promise<() => Promise<void>> {
  const client = await vask.client();
  const channel = 'private-bystander';
  await client.subscribe(channel);
  return async () => {
    const body = { name: 'still', channel, data: '"here"' };
    const { status } = await vask.request('POST', `/apps/${APP_ID}/events`, { body });
    if (status !== 200) throw new Error(`A publish was answered with ${status}.`);
    const text = await client.nextText();
    if (text !== '{"event":"still","channel":"private-bystander","data":"\\"here\\""}') throw new Error(`Got ${text}`);
    if (!(await client.heardNothing())) throw new Error('Got something else.');
    const failed = vask.logLines.filter((line) => JSON.parse(line).event === 'failed');
    if (failed.length > 0) throw new Error(failed.join(''));
  };
}

// A pusher-js client in a process of its own, because whom TLS trusts is settled when a process starts. Arguments: the
// name of the version, key, port without TLS, port with TLS. It says what happens to it, one line of JSON each.
import { SdkClient } from './client.ts';
import { addressOptions } from './stage.ts';
import { SDK_VERSIONS } from './versions.ts';

const [name, key = '', wsPort, wssPort] = process.argv.slice(2);
const version = SDK_VERSIONS.find((version) => version.name === name);
if (version === undefined) throw new Error(`There is no ${name}.`);

// The name, because newer versions ask TLS for the host by name, and an address is none.
const options = { ...addressOptions(Number(wsPort)), wsHost: 'localhost', wssPort: Number(wssPort) };
const client = new SdkClient(new version.Pusher(key, options));
console.log(JSON.stringify({ code: await client.codes.next() }));
await client.connected();
await client.subscribe('orders');
console.log(JSON.stringify({ subscribed: 'orders' }));
client.pusher.disconnect();

// `vask health`: asks a server whether it is alive, for health checks where there is no curl, as in a small image.
import { command } from './command.ts';
import { Failure, UsageError } from './failure.ts';
import { send } from './http-client.ts';
import { findServer, parseServerUrl } from './target.ts';
import { print, printable } from './terminal.ts';

const TIMEOUT_MS = 2_500;

export const health = command({
  name: 'health',
  purpose: 'Asks a server whether it is alive, or ready; for health checks of containers.',
  usage: ['[URL] [--ready]'],
  details: 'Without URL, the server that the configuration of this machine describes. Exit code 0 means yes.',
  options: {
    ready: { type: 'boolean', text: 'ask whether it should get new connections, instead of whether it lives' },
  },
  examples: ['vask health', 'vask health http://127.0.0.1:6001 --ready'],
  async execute({ ready }, [given, ...more]) {
    if (more.length > 0) throw new UsageError('Expected one URL at most.');
    const url = given === undefined ? findServer({}) : parseServerUrl(given);
    const { status, text } = await send({ url, timeoutMs: TIMEOUT_MS }, ready === true ? '/ready' : '/up');
    const said = printable(text.trim());
    if (status !== 200) throw new Failure(`${url} answers ${status}: ${said}`);
    print(said);
    return 0;
  },
});

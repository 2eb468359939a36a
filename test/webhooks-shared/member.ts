// One node as a process, with its part of the shared outbox and nothing else; it ends in order when its input does.
import { systemClock } from '../../src/system/clock.ts';
import { startWebhooks } from '../../src/webhooks/webhooks.ts';

const webhooks = await startWebhooks({
  ...JSON.parse(process.argv[2] ?? ''),
  clock: systemClock,
  onDisabled: () => undefined,
  onFailure: (doing: string, error: unknown) => {
    if (process.env['LOUD'] !== undefined) console.error(doing, String(error));
  },
});
console.log('started');
for await (const _chunk of Bun.stdin.stream());
await webhooks.stop();
process.exit(0);

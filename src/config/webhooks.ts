// The webhooks of an app in the configuration.
import { DEFAULT_WEBHOOK_EVENTS, WEBHOOK_EVENTS, type WebhookSettings } from '../core/facts.ts';
import { urlFault } from '../webhooks/guard.ts';
import { headerFault } from '../webhooks/post.ts';
import { type Check, isPlain, kindOf, lineOfText, listOf, memberPath, oneOf, type Report, yesOrNo } from './check.ts';
import { type Members, objectOf } from './members.ts';

const headersCheck: Check<Readonly<Record<string, string>>> = (value, path, report) => {
  if (!isPlain(value)) return void report(path, `must be an object, but is ${kindOf(value)}`);
  const entries = Object.entries(value);
  const right = entries.filter((entry): entry is [string, string] => {
    const [name, text] = entry;
    const fault = typeof text === 'string' ? headerFault(name, text) : `must be text, but is ${kindOf(text)}`;
    if (fault !== null) report(memberPath(path, JSON.stringify(name.slice(0, 80).toWellFormed())), fault);
    return fault === null;
  });
  return right.length === entries.length ? Object.fromEntries(right) : undefined;
};

export const WEBHOOK_MEMBERS = {
  url: {
    check: lineOfText(2_000),
    default: undefined,
    doc: 'Where the events are posted. Public HTTPS, unless the host is in `webhookAllowedHosts`.',
  },
  enabled: { check: yesOrNo, default: true, doc: 'Off: nothing is posted.' },
  events: {
    check: listOf(oneOf(WEBHOOK_EVENTS)),
    default: DEFAULT_WEBHOOK_EVENTS,
    defaultText: 'all but `subscription_count`',
    doc: `The events that it is sent: ${WEBHOOK_EVENTS.map((name) => `\`${name}\``).join(', ')}.`,
  },
  channelPrefixes: {
    check: listOf(lineOfText(200)),
    default: [] as readonly string[],
    doc: 'Only events of channels whose names begin so. Empty takes every channel.',
  },
  headers: {
    check: headersCheck,
    default: {} as Readonly<Record<string, string>>,
    defaultText: 'none',
    doc: 'Headers sent with every post, as an object of names and values.',
  },
} as const satisfies Members;

export const webhooksCheck: Check<readonly WebhookSettings[]> = listOf(objectOf(WEBHOOK_MEMBERS));

interface Placed {
  readonly settings: { readonly webhooks: readonly WebhookSettings[] };
  readonly path: string;
}

/** Which hosts are allowed is a setting of its own, so URLs are looked at when both are known. */
export function reportWebhookUrls(apps: readonly Placed[], allowedHosts: readonly string[], report: Report): void {
  for (const { settings, path } of apps) {
    for (const [index, { url }] of settings.webhooks.entries()) {
      const fault = urlFault(url, allowedHosts);
      if (fault !== null) report(memberPath(path, `webhooks[${index}].url`), fault);
    }
  }
}

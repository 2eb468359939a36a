// Changes an endpoint: its address, which events it is sent, of which channels, and with which headers.
import { useState } from 'preact/hooks';
import { WEBHOOK_EVENTS } from '../../../../../core/facts.ts';
import { ask, type Problem, problemOfError } from '../../../api/client.ts';
import type { Webhook } from '../../../api/types.ts';
import { Button } from '../../../parts/button.tsx';
import { Card } from '../../../parts/card.tsx';
import { Check } from '../../../parts/check.tsx';
import { Field } from '../../../parts/field.tsx';
import { ProblemNotice } from '../../../parts/problem-notice.tsx';
import { toast } from '../../../parts/toasts.tsx';

interface EditWebhookProps {
  readonly path: string;
  readonly hook: Webhook;
  readonly mayChange: boolean;
  readonly onChanged: (hook: Webhook) => void;
}

const EXPLAINED = {
  channel_occupied: 'the first subscriber has come',
  channel_vacated: 'the last subscriber has gone',
  member_added: 'a user has joined a presence channel',
  member_removed: 'a user has left a presence channel',
  client_event: 'a client has published an event',
  cache_miss: 'somebody has subscribed to a cache channel that remembers nothing',
  subscription_count: 'the number of subscribers has changed; that is often',
} as const satisfies Record<(typeof WEBHOOK_EVENTS)[number], string>;

export function EditWebhook({ path, hook, mayChange, onChanged }: EditWebhookProps) {
  const [url, setUrl] = useState(hook.url);
  const [enabled, setEnabled] = useState(hook.enabled);
  const [events, setEvents] = useState(hook.events);
  const [prefixes, setPrefixes] = useState(hook.channelPrefixes.join(', '));
  const [headers, setHeaders] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const body = {
      url: url.trim(),
      enabled,
      events,
      channelPrefixes: prefixes.split(',').flatMap((prefix) => prefix.trim() || []),
      ...(headers.trim() === '' ? {} : { headers: headersOf(headers) }),
    };
    try {
      onChanged(await ask<Webhook>('PATCH', path, { body, version: hook.version }));
      toast('The endpoint is changed');
    } catch (error) {
      setProblem(problemOfError(error));
    }
  };
  return (
    <Card title="What it is sent">
      <form class="stack" onSubmit={(event) => void submit(event)}>
        <Field label="Address" type="url" required disabled={!mayChange} value={url} onChange={setUrl} />
        <Check checked={enabled} disabled={!mayChange} onChange={setEnabled}>
          Switched on
        </Check>
        <Events chosen={events} disabled={!mayChange} onChoose={setEvents} />
        <Field
          label="Only of channels that begin with"
          disabled={!mayChange}
          value={prefixes}
          onChange={setPrefixes}
          placeholder="presence-, private-orders-"
          hint="Several with commas between them; empty is all channels."
        />
        {mayChange && (
          <Field
            label="Headers"
            rows={3}
            value={headers}
            onChange={setHeaders}
            placeholder="Authorization: Bearer …"
            hint={`One a line. What is typed replaces those that are set: ${hook.headerNames.join(', ') || 'none'}. Their values are not shown again.`}
          />
        )}
        {problem && <ProblemNotice problem={problem} />}
        {mayChange && (
          <div class="row">
            <Button type="submit" look="primary">
              Save
            </Button>
          </div>
        )}
      </form>
    </Card>
  );
}

interface EventsProps {
  readonly chosen: readonly string[];
  readonly disabled: boolean;
  readonly onChoose: (events: readonly string[]) => void;
}

function Events({ chosen, disabled, onChoose }: EventsProps) {
  return (
    <fieldset class="stack tight">
      <legend class="label">Events</legend>
      {WEBHOOK_EVENTS.map((name) => (
        <Check
          key={name}
          disabled={disabled}
          checked={chosen.includes(name)}
          onChange={(isOn) => onChoose(isOn ? [...chosen, name] : chosen.filter((each) => each !== name))}
        >
          <code>{name}</code> <span class="quiet">{EXPLAINED[name]}</span>
        </Check>
      ))}
    </fieldset>
  );
}

function headersOf(text: string): Readonly<Record<string, string>> {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return Object.fromEntries(
    lines.map((line): [string, string] => {
      const [name = '', ...value] = line.split(':');
      return [name.trim(), value.join(':').trim()];
    }),
  );
}

// The form of an event, checked before it is sent.
import { useState } from 'preact/hooks';
import { appPath, ask, type Problem, problemOfError } from '../../../api/client.ts';
import type { PublishAnswer } from '../../../api/live-types.ts';
import { plural, prettyJson } from '../../../format.ts';
import { Button } from '../../../parts/button.tsx';
import { Card } from '../../../parts/card.tsx';
import { Check } from '../../../parts/check.tsx';
import { Field } from '../../../parts/field.tsx';
import { Notice } from '../../../parts/notice.tsx';
import { ProblemNotice } from '../../../parts/problem-notice.tsx';
import { Segments } from '../../../parts/segments.tsx';
import { useAppScope } from '../app-scope.ts';
import { channelsOf, type Draft, jsonFault, type Sent } from './draft.ts';

interface EventFormProps {
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  readonly onSent: (sent: Sent) => void;
}

const TARGETS = [
  ['channels', 'On channels'],
  ['user', 'To a user'],
] as const;

export function EventForm({ draft, onChange, onSent }: EventFormProps) {
  const { app } = useAppScope();
  const [isText, setText] = useState(false);
  const [answer, setAnswer] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const set = (change: Partial<Draft>): void => onChange({ ...draft, ...change });
  const fault = isText ? null : jsonFault(draft.data);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      const told = tell(await ask<PublishAnswer>('POST', appPath(app.id, 'events'), { body: bodyOf(draft) }), draft);
      setAnswer(told);
      setProblem(null);
      onSent({ draft, atMs: Date.now(), answer: told });
    } catch (error) {
      const refused = problemOfError(error);
      setAnswer(null);
      setProblem(refused);
      onSent({ draft, atMs: Date.now(), answer: `Refused: ${refused.detail ?? refused.title}` });
    }
  };
  return (
    <Card title="Event">
      <form class="stack" onSubmit={(event) => void submit(event)}>
        <Segments label="To whom" options={TARGETS} chosen={draft.to} onChoose={(to) => set({ to })} />
        {draft.to === 'channels' ? (
          <Channels draft={draft} set={set} />
        ) : (
          <Field
            label="User"
            required
            value={draft.user}
            onChange={(user) => set({ user })}
            hint="All connections that are signed in with this id."
          />
        )}
        <Field label="Event" required value={draft.name} onChange={(name) => set({ name })} />
        <Field
          label="Data"
          rows={9}
          value={draft.data}
          onChange={(data) => set({ data })}
          fault={fault && `Not JSON: ${fault}`}
          hint={isText ? 'Sent as it is; clients do not decode it.' : 'JSON. Clients get it decoded.'}
        />
        <div class="row spread">
          <Check checked={isText} onChange={setText}>
            Send as plain text
          </Check>
          <Button look="small" disabled={fault !== null} onClick={() => set({ data: prettyJson(draft.data) })}>
            Format
          </Button>
        </div>
        {problem && <ProblemNotice problem={problem} />}
        {answer && <Notice tone="good">{answer}</Notice>}
        <div class="row">
          <Button type="submit" look="primary" disabled={fault !== null}>
            Publish
          </Button>
        </div>
      </form>
    </Card>
  );
}

interface ChannelsProps {
  readonly draft: Draft;
  readonly set: (change: Partial<Draft>) => void;
}

function Channels({ draft, set }: ChannelsProps) {
  return (
    <div class="pair">
      <Field
        label="Channels"
        required
        value={draft.channels}
        onChange={(channels) => set({ channels })}
        hint="Several with commas between them."
      />
      <Field
        label="Except the socket"
        value={draft.socketId}
        onChange={(socketId) => set({ socketId })}
        placeholder="1234.5678"
        hint="The connection with this id does not get it."
      />
    </div>
  );
}

function bodyOf(draft: Draft): Readonly<Record<string, unknown>> {
  const { to, user, name, data, socketId } = draft;
  if (to === 'user') return { name, data, user };
  return { name, data, channels: channelsOf(draft), ...(socketId.trim() === '' ? {} : { socketId: socketId.trim() }) };
}

function tell({ channels }: PublishAnswer, { to, user }: Draft): string {
  if (to === 'user') return `Sent to all connections of ${user}.`;
  const parts = Object.entries(channels).map(
    ([name, { subscribers }]) => `${name}: ${plural(subscribers, 'subscriber')}`,
  );
  return `Published. ${parts.join(', ')}.`;
}

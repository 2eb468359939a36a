// Adds an endpoint; what else there is to choose is on its own page.
import { useState } from 'preact/hooks';
import { appPath, ask, type Problem, problemOfError } from '../../../api/client.ts';
import { Button } from '../../../parts/button.tsx';
import { Dialog } from '../../../parts/dialog.tsx';
import { Field } from '../../../parts/field.tsx';
import { ProblemNotice } from '../../../parts/problem-notice.tsx';
import { toast } from '../../../parts/toasts.tsx';

interface NewWebhookProps {
  readonly app: string;
  readonly onMade: () => void;
  readonly onClose: () => void;
}

export function NewWebhook({ app, onMade, onClose }: NewWebhookProps) {
  const [url, setUrl] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      await ask('POST', appPath(app, 'webhooks'), { body: { url: url.trim() } });
      toast('The endpoint is added');
      onMade();
    } catch (error) {
      setProblem(problemOfError(error));
    }
  };
  return (
    <Dialog title="New endpoint" onClose={onClose}>
      <form class="stack" onSubmit={(event) => void submit(event)}>
        <Field
          label="Address"
          type="url"
          required
          value={url}
          onChange={setUrl}
          placeholder="https://example.com/pusher/webhook"
          hint="Public and https, unless the configuration allows its host."
        />
        {problem && <ProblemNotice problem={problem} />}
        <div class="row">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary">
            Add
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

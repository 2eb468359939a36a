// The link of an invitation, shown this once.
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Snippet } from './snippet.tsx';

export function LinkOnce({ url, onClose }: { readonly url: string; readonly onClose: () => void }) {
  return (
    <Dialog title="Send this link" onClose={onClose}>
      <p>It makes one account, within a week, and is not shown again. Send it only to whom it is meant for.</p>
      <Snippet text={url} />
      <div class="row">
        <Button look="primary" onClick={onClose}>
          Done
        </Button>
      </div>
    </Dialog>
  );
}

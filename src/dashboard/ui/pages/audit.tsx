// The changes that were made on this server.
import { useState } from 'preact/hooks';
import { usePages } from '../api/resource.ts';
import type { AuditEntry } from '../api/types.ts';
import { AuditTable } from '../parts/audit-table.tsx';
import { Field } from '../parts/field.tsx';
import { Page } from '../parts/page.tsx';
import { useLater } from '../parts/use-later.ts';

const LATER_MS = 300;

export function AuditPage() {
  const [subject, setSubject] = useState('');
  const asked = useLater(subject.trim(), LATER_MS);
  const pages = usePages<AuditEntry>(`/audit${asked === '' ? '' : `?subject=${encodeURIComponent(asked)}`}`);
  return (
    <Page title="Audit log" about="Every change, with who has made it. Kept for three years, without secrets.">
      <Field
        label="Subject"
        value={subject}
        onChange={setSubject}
        placeholder="app:1001"
        hint="Shows only changes of one thing, as the column Subject writes it."
      />
      <AuditTable pages={pages} />
    </Page>
  );
}

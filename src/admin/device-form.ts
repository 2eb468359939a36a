// Reads the body of a form, bounded, with each name once.

const FORM_BYTES = 8_192;

export type Form = ReadonlyMap<string, string>;

/** Null when it is no form, is too long, or gives a name twice (RFC 6749, section 3.2, forbids that). */
export async function readForm(request: Request): Promise<Form | null> {
  const type = request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') return null;
  // One that breaks off was sent by somebody who hung up, which is no failure of ours.
  const text = await readText(request).catch(() => null);
  if (text === null) return null;
  const form = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (form.has(name)) return null;
    // PostgreSQL keeps neither, and no honest form has them.
    if (!value.isWellFormed() || value.includes('\0')) return null;
    form.set(name, value);
  }
  return form;
}

async function readText(request: Request): Promise<string | null> {
  if (Number(request.headers.get('content-length') ?? 0) > FORM_BYTES) return null;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > FORM_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

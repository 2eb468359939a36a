// Signs a request as the server SDKs do; the canonical form is made by the same code that checks it.
import { Signer } from '../protocol/signatures.ts';
import { parseSignedQuery } from '../protocol/signed-request.ts';

export interface RequestToSign {
  readonly method: string;
  /** Without the prefix of a proxy: it is stripped before the server looks. */
  readonly path: string;
  /** In the order in which they shall appear in the URL. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

export interface SignedUrl {
  readonly stringToSign: string;
  readonly signature: string;
  /** All parameters, the signature included, percent-encoded. */
  readonly query: string;
}

export function signUrl(
  { method, path, parameters, body }: RequestToSign,
  { key, secret }: { readonly key: string; readonly secret: string },
  unixSeconds: number,
): SignedUrl {
  const all = [
    ...parameters,
    ['auth_key', key],
    ['auth_timestamp', String(unixSeconds)],
    ['auth_version', '1.0'],
    ...(body === '' ? [] : [['body_md5', Bun.CryptoHasher.hash('md5', body, 'hex')] as const]),
  ] as const;
  const unsigned = all.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
  const stringToSign = `${method}\n${path}\n${parseSignedQuery(unsigned).canonical}`;
  const signature = new Signer(secret).sign(stringToSign);
  return { stringToSign, signature, query: `${unsigned}&auth_signature=${signature}` };
}

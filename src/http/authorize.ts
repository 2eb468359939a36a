// Whether a request is from somebody who knows a secret of the app (docs/http-api.md H-2).
import type { App } from '../core/app.ts';
import type { Engine } from '../engine/engine.ts';
import { type HttpFault, httpFaults, type Refusal, refusal } from '../protocol/faults.ts';
import { decodePath, type RequestTarget } from '../protocol/request-target.ts';
import { type SignedQuery, verifySignedRequest } from '../protocol/signed-request.ts';

/** Null when the body may be read; a stranger's never is. Whether it is the one that was signed is for later. */
export function authorize(
  engine: Engine,
  app: App,
  method: string,
  target: RequestTarget,
  query: SignedQuery,
): Refusal<HttpFault> | null {
  const refused = verifySignedRequest(
    { method, paths: signedPaths(target), query },
    {
      signers: app.signers,
      nowMs: engine.clock.now(),
      windowSeconds: engine.settings.signatureWindowSeconds,
    },
  );
  if (refused !== null) return refused;
  engine.keyUsed(query.parameters.get('auth_key') ?? '');
  return app.settings.enabled ? null : refusal(httpFaults.appDisabled);
}

// Node signs a user id as it is and sends it percent-encoded; a proxy in front may have added a prefix after signing, and
// the form without it is the one that a refusal names.
function signedPaths({ fullPath, path }: RequestTarget): readonly string[] {
  const forms = fullPath === path ? [fullPath] : [path, fullPath];
  return fullPath.includes('%') ? [...forms, ...forms.map(decodePath)] : forms;
}

// Whether a request is from somebody who knows a secret of the app (docs/http-api.md H-2).
import type { App } from '../core/app.ts';
import type { Engine } from '../engine/engine.ts';
import { type HttpFault, httpFaults, type Refusal, refusal } from '../protocol/faults.ts';
import type { RequestTarget } from '../protocol/request-target.ts';
import { type SignedQuery, verifyBody, verifySignedRequest } from '../protocol/signed-request.ts';
import { decodePath } from './route.ts';

/** Null when the request may go on. */
export function authorize(
  engine: Engine,
  app: App,
  method: string,
  target: RequestTarget,
  query: SignedQuery,
  body: string,
): Refusal<HttpFault> | null {
  const refused =
    verifySignedRequest(
      { method, paths: signedPaths(target), query },
      {
        signers: app.signers,
        nowMs: engine.clock.now(),
        windowSeconds: engine.settings.signatureWindowSeconds,
      },
    ) ?? verifyBody(body, query);
  if (refused !== null) return refused;
  return app.settings.enabled ? null : refusal(httpFaults.appDisabled);
}

// Node signs a user id as it is and sends it percent-encoded; a proxy in front may have added a prefix after signing.
function signedPaths({ fullPath, path }: RequestTarget): readonly string[] {
  const forms = fullPath === path ? [fullPath] : [fullPath, path];
  return fullPath.includes('%') ? [...forms, ...forms.map(decodePath)] : forms;
}

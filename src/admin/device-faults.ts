// The refusals of the device flow, by the names that RFC 8628 (section 3.5) and RFC 6749 (section 5.2) give them.

export const DEVICE_FAULTS = {
  invalid_request: { status: 400, text: 'A parameter is missing, given twice or malformed.' },
  invalid_client: { status: 400, text: 'client_id must be 1 to 64 letters, digits, dots, - or _.' },
  invalid_grant: { status: 400, text: 'The device code is unknown, was used before or is of another client.' },
  unsupported_grant_type: {
    status: 400,
    text: 'grant_type must be urn:ietf:params:oauth:grant-type:device_code.',
  },
  authorization_pending: { status: 400, text: 'Nobody has decided yet; ask again after the interval.' },
  slow_down: { status: 400, text: 'Asked too soon; from now on the interval is 5 seconds longer.' },
  access_denied: { status: 400, text: 'The access was denied, or what it was for is there no more.' },
  expired_token: { status: 400, text: 'The device code has expired; begin again.' },
  temporarily_unavailable: { status: 429, text: 'Too many codes were asked for from this network; wait a while.' },
} as const;

export type DeviceFault = keyof typeof DEVICE_FAULTS;

/** Nothing of the flow may be kept by a cache on the way (RFC 6749, section 5.1). */
const HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store', pragma: 'no-cache' } as const;

export function deviceAnswer(body: Readonly<Record<string, unknown>>): Response {
  return new Response(JSON.stringify(body), { headers: HEADERS });
}

export function deviceRefusal(fault: DeviceFault, headers: Readonly<Record<string, string>> = {}): Response {
  const { status, text } = DEVICE_FAULTS[fault];
  return new Response(JSON.stringify({ error: fault, error_description: text }), {
    status,
    headers: { ...HEADERS, ...headers },
  });
}

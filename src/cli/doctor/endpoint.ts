// Where the socket of an address leads to.

/** Host and port as a socket takes them. */
export function endpointOf(url: string): { readonly host: string; readonly port: number; readonly isSecure: boolean } {
  const { hostname, port, protocol } = new URL(url);
  const isSecure = protocol === 'https:';
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || (isSecure ? 443 : 80)), isSecure };
}

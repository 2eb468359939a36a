// Finds in the catalogue of faults what to do about a refusal that a server sent.
import { type CloseFault, closeFaults, type Fault, frameFaults, httpFaults } from './faults.ts';

/** The fault that closed the connection; several share a code, and the text tells them apart. */
export function closeFaultFor(code: number, text: string): CloseFault | null {
  const sameCode = Object.values<CloseFault>(closeFaults).filter((fault) => fault.code === code);
  return sameCode.find((fault) => fits(fault, text)) ?? sameCode[0] ?? null;
}

export function frameAdvice(code: number | null, text: string): string | null {
  return Object.values(frameFaults).find((fault) => fault.code === code && fits(fault, text))?.advice ?? null;
}

export function httpAdvice(status: number, text: string): string | null {
  return Object.values(httpFaults).find((fault) => fault.status === status && fits(fault, text))?.advice ?? null;
}

/** Whether a close follows the error frame. 4009 alone does not tell: commands are refused with it as well. */
export function announcesClose(code: number | null, text: string): boolean {
  return Object.values<CloseFault>(closeFaults).some((fault) => fault.code === code && fits(fault, text));
}

/** Whether the text is that of the fault with something in place of its `{words}`. */
function fits({ text }: Fault, given: string): boolean {
  const pieces = text.split(/\{\w+\}/).map((piece) => RegExp.escape(piece));
  return new RegExp(`^${pieces.join('[^]*')}\\s*$`).test(given);
}

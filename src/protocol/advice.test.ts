import { describe, expect, test } from 'bun:test';
import { announcesClose, closeFaultFor, frameAdvice, httpAdvice } from './advice.ts';
import { closeFaults, type Fault, frameFaults, httpFaults, refusal } from './faults.ts';

/** The text as a server sends it, every gap filled with something nasty. */
function occurrence(fault: Fault): string {
  const details = Object.fromEntries([...fault.text.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name, 'x (y) $& {z}']));
  return refusal(fault, details).text;
}

describe('[CLI] the advice of the catalogue is found from what a server sent', () => {
  test.each(Object.entries(closeFaults))('when it closes: %s', (_, fault) => {
    expect(closeFaultFor(fault.code, occurrence(fault))).toBe(fault);
    expect(announcesClose(fault.code, occurrence(fault))).toBe(true);
  });

  test.each(Object.entries(frameFaults))('when it refuses a command: %s', (_, fault) => {
    expect(frameAdvice(fault.code, occurrence(fault))).toBe(fault.advice);
    expect(announcesClose(fault.code, occurrence(fault))).toBe(false);
  });

  test.each(Object.entries(httpFaults))('when it refuses a request: %s', (_, fault) => {
    expect(httpAdvice(fault.status, `${occurrence(fault)}\n`)).toBe(fault.advice);
  });
});

test('[CLI] for what is not in the catalogue there is none', () => {
  expect(closeFaultFor(1006, '')).toBeNull();
  expect(frameAdvice(null, 'who knows')).toBeNull();
  expect(httpAdvice(418, "I'm a teapot")).toBeNull();
});

test('[CLI] a known close code with an unknown text gets the first fault of that code', () => {
  expect(closeFaultFor(4001, 'Application does not exist')).toBe(closeFaults.unknownApp);
});

// How many nodes a Vask of the tests has that do not ask for a number: `npm test` runs some suites with one, two and three.
// (The name does not begin with VASK_, because Vask refuses variables of that name that it does not know.)

export const TEST_NODES = Number(process.env['TEST_NODES'] ?? '1');

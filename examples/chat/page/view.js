// Draws the chat. Texts of strangers go into the page as text, never as HTML.
const STATES = {
  connecting: 'Connecting …',
  connected: 'Connected',
  unavailable: 'No connection; trying again …',
  failed: 'No connection',
  disconnected: 'Disconnected',
};

const find = (selector, root = document) => root.querySelector(selector);

const composer = find('#composer');
/** Whom the next message is for; null is everybody. */
let recipient = null;

export function showWelcome(join) {
  find('#welcome').hidden = false;
  find('#name').focus();
  onSubmit(find('#sign-in'), ({ name }) => join(name));
}

export function showChat() {
  find('#welcome').hidden = true;
  find('#chat').hidden = false;
  find('#text').focus();
  find('#to-everybody').addEventListener('click', () => address(null));
}

export function showState(state) {
  find('#state').textContent = STATES[state] ?? '';
  find('#state').dataset.state = state;
}

export function showPeople(people, ownId) {
  const rows = people
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .map((person) => {
      const row = copyOf('#person');
      const isSelf = person.id === ownId;
      drawFace(find('.face', row), person);
      find('.name', row).textContent = isSelf ? `${person.name} (you)` : person.name;
      find('button', row).disabled = isSelf;
      find('button', row).title = isSelf ? '' : `Write to ${person.name} alone`;
      find('button', row).addEventListener('click', () => address(person));
      return row;
    });
  find('#people').replaceChildren(...rows);
  find('#count').textContent = people.length;
  if (!people.some(({ id }) => id === recipient?.id)) address(null);
}

export function showMessage({ from, to, text, sentAt }, { isOwn, toName }) {
  const row = copyOf('#message');
  row.classList.toggle('own', isOwn);
  row.classList.toggle('direct', to !== null);
  drawFace(find('.face', row), from);
  find('.sender', row).textContent = isOwn ? 'You' : from.name;
  if (to !== null) find('.secret', row).textContent = isOwn ? `to ${toName ?? 'somebody'} alone` : 'to you alone';
  find('.text', row).textContent = text;
  const moment = new Date(sentAt);
  find('time', row).dateTime = moment.toISOString();
  find('time', row).textContent = moment.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  find('#messages').append(row);
  // Who is reading further up stays there, until they say something. (The scroller is upside down: its end is at 0.)
  if (isOwn) find('#scroller').scrollTop = 0;
}

export function showTyping(names) {
  const verb = names.length === 1 ? 'is' : 'are';
  find('#typing').textContent = names.length === 0 ? '' : `${names.join(', ')} ${verb} typing …`;
}

export function onSend(send) {
  onSubmit(composer, async ({ text }) => {
    await send({ text, to: recipient?.id ?? null });
    find('#text').value = '';
  });
}

/** Only what everybody will read is told to everybody. */
export function onTyping(tell) {
  find('#text').addEventListener('input', () => recipient === null && tell());
}

export function onLeave(leave) {
  find('#leave').addEventListener('click', leave);
}

function address(person) {
  recipient = person;
  find('label', composer).textContent = person === null ? 'To everybody' : `To ${person.name} alone`;
  find('#to-everybody').hidden = person === null;
  composer.classList.toggle('direct', person !== null);
  if (person !== null) find('#text').focus();
}

/** One submission at a time; what goes wrong is told in the form, and nothing that was typed is lost. */
function onSubmit(form, act) {
  const fault = find('.fault', form);
  const button = find('[type=submit]', form);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    try {
      await act(Object.fromEntries(new FormData(form)));
      fault.textContent = '';
    } catch (error) {
      fault.textContent = error.message;
    }
    button.disabled = false;
  });
}

function copyOf(template) {
  return find(template).content.firstElementChild.cloneNode(true);
}

function drawFace(face, { id, name }) {
  const hue = [...id].reduce((sum, character) => (sum * 31 + character.codePointAt(0)) % 360, 0);
  face.style.setProperty('--hue', hue);
  face.textContent = [...name][0].toUpperCase();
}

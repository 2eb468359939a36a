// The filters of the console.
import { Choice } from '../../../parts/choice.tsx';
import { Field } from '../../../parts/field.tsx';
import { type Filter, GROUPS, type GroupName, TYPES } from './matching.ts';

interface FiltersProps {
  readonly filter: Filter;
  readonly onChange: (filter: Filter) => void;
}

const TYPE_OPTIONS = [['', 'All types'], ...TYPES.map((type) => [type, type] as const)] as const;

export function Filters({ filter, onChange }: FiltersProps) {
  const set = (change: Partial<Filter>): void => onChange({ ...filter, ...change });
  return (
    <div class="stack tight">
      <Groups chosen={filter.groups} onChoose={(groups) => set({ groups })} />
      <div class="filters">
        <Choice quiet label="Type" value={filter.type} options={TYPE_OPTIONS} onChange={(type) => set({ type })} />
        <Sieve label="Channel" value={filter.channel} onChange={(channel) => set({ channel })} />
        <Sieve label="User" value={filter.user} onChange={(user) => set({ user })} />
        <Sieve label="Socket id" value={filter.socket} onChange={(socket) => set({ socket })} />
        <Sieve label="Text" value={filter.text} onChange={(text) => set({ text })} />
      </div>
    </div>
  );
}

interface GroupsProps {
  readonly chosen: readonly GroupName[];
  readonly onChoose: (groups: readonly GroupName[]) => void;
}

function Groups({ chosen, onChoose }: GroupsProps) {
  // Object.keys forgets which names there are.
  const names = Object.keys(GROUPS) as GroupName[];
  return (
    <fieldset class="row" aria-label="Kinds of entries">
      {names.map((name) => {
        const isChosen = chosen.includes(name);
        const next = isChosen ? chosen.filter((each) => each !== name) : [...chosen, name];
        return (
          <button key={name} type="button" class="chip" aria-pressed={isChosen} onClick={() => onChoose(next)}>
            {name}
          </button>
        );
      })}
    </fieldset>
  );
}

interface SieveProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function Sieve({ label, value, onChange }: SieveProps) {
  return (
    <div class="quiet-label">
      <Field label={label} placeholder={label} type="search" value={value} onChange={onChange} />
    </div>
  );
}

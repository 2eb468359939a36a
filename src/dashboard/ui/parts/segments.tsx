// A choice of one of a few, all of them shown.
interface SegmentsProps<Name extends string> {
  readonly label: string;
  readonly options: readonly (readonly [name: Name, title: string])[];
  readonly chosen: Name;
  readonly onChoose: (name: Name) => void;
}

export function Segments<Name extends string>({ label, options, chosen, onChoose }: SegmentsProps<Name>) {
  return (
    <fieldset class="segments" aria-label={label}>
      {options.map(([name, title]) => (
        <button key={name} type="button" class="segment" aria-pressed={name === chosen} onClick={() => onChoose(name)}>
          {title}
        </button>
      ))}
    </fieldset>
  );
}

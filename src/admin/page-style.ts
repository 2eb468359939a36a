// The look of the pages that work without the dashboard: the same colours and forms, as one small sheet of styles.

/** Colours are of the scales that the dashboard uses; their contrast was checked. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --page: light-dark(#f6f6f9, #111113); --surface: light-dark(#ffffff, #18191b);
  --text: light-dark(#1c2024, #edeef0); --quiet: light-dark(#60646c, #b0b4ba); --line: light-dark(#e0e1e6, #2e3135);
  --line-strong: light-dark(#cdced6, #43484e); --accent: #3e63dd; --accent-over: #3358d4; --bad: light-dark(#fff7f7, #201314);
  --bad-line: light-dark(#fdbdbe, #72232d); --sunken: light-dark(#f9f9fb, #131416); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text);
  font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main { width: min(100% - 24px, 420px); margin: 10vh auto 24px; padding: 32px; background: var(--surface);
  border: 1px solid var(--line); border-radius: 8px; }
.brand { display: flex; align-items: center; gap: 8px; margin: 0 0 16px; font-size: 16px; font-weight: 700; }
.brand svg { color: var(--accent); }
h1 { margin: 0 0 16px; font-size: 20px; line-height: 28px; font-weight: 650; }
p { margin: 0 0 16px; overflow-wrap: anywhere; }
label { display: block; margin: 0 0 16px; font-weight: 560; }
input, select { display: block; width: 100%; min-height: 36px; margin-top: 4px; padding: 4px 10px; font: inherit;
  font-weight: 400; color: inherit; background: var(--surface); border: 1px solid var(--line-strong); border-radius: 5px; }
button, .button { display: inline-block; min-height: 36px; margin-right: 8px; padding: 6px 14px; font: inherit; font-weight: 540;
  color: inherit; text-decoration: none; background: var(--surface); border: 1px solid var(--line-strong); border-radius: 5px;
  cursor: pointer; }
button:first-of-type, .button { color: #fff; background: var(--accent); border-color: transparent; }
button:first-of-type:hover, .button:hover { background: var(--accent-over); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
code { display: block; padding: 12px; font: 600 24px ui-monospace, Menlo, Consolas, monospace; letter-spacing: .1em;
  text-align: center; background: var(--sunken); border: 1px solid var(--line); border-radius: 8px; }
.notice { padding: 12px 16px; background: var(--bad); border: 1px solid var(--bad-line); border-radius: 8px; }
[role=status]:empty { display: none; }
`;

/** What stands above the heading of each. */
export const PAGE_BRAND =
  '<p class="brand"><svg width="24" height="24" viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="7" ' +
  'fill="currentColor"/><path d="M8 10l8 13 8-13M12.5 10l3.5 6 3.5-6" fill="none" stroke="#fff" stroke-width="2.6" ' +
  'stroke-linecap="round" stroke-linejoin="round"/></svg> Vask</p>';

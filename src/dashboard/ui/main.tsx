// The start of the dashboard in the browser.
import { render } from 'preact';
import { Dashboard } from './dashboard.tsx';
import { applyTheme } from './theme.ts';

applyTheme();
render(<Dashboard />, document.getElementById('root') ?? document.body);

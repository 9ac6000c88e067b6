import { render } from 'preact';
import { App } from './shell/app.tsx';

const place = document.getElementById('app');
if (!place) throw new Error('The page has no app');
render(<App />, place);

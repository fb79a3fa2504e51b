import '@cloudscape-design/global-styles/index.css';
import '../ui/theme.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { finishPopup, startSignIn } from '../lib/auth.ts';
import { paths } from '../lib/paths.ts';
import { App } from './app.tsx';
import { applyColourMode } from './colour-mode.ts';
import { PopupPage } from './sign-in-pages.tsx';

const place = document.getElementById('app');
if (!place) throw new Error('index.html has no element with the id "app"');

applyColourMode();
const isPopup = location.pathname === paths.popupCallback;
const finished = isPopup ? finishPopup() : startSignIn();
createRoot(place).render(<StrictMode>{isPopup ? <PopupPage finished={finished} /> : <App />}</StrictMode>);

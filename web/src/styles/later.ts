// Of what is fetched when it is first asked for, whichever it is.
import { keepInReach } from '../ui/reach';
import './plot.css';
import './views.css';
import './why.css';

keepInReach();

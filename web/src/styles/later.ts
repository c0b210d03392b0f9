// Of what is fetched when it is first asked for, whichever it is.
import { placeLists } from '../ui/place';
import './plot.css';
import './views.css';
import './why.css';

placeLists();

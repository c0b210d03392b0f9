// Of what is fetched when it is first asked for, whichever it is.
import './plot.css';
import './views.css';
import './why.css';

export default {
  title: 'Boards',
  GUIDE
};

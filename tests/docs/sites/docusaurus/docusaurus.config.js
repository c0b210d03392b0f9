export default {
  title: 'Boards',
  url: 'https://boards.example.org',
  baseUrl: '/',
  trailingSlash: true,
  onBrokenLinks: 'throw',
  GUIDE
  presets: [['classic', { docs: { routeBasePath: '/', sidebarPath: undefined }, blog: false }]],
  themeConfig: { colorMode: { respectPrefersColorScheme: true } }
};

export const handing = {
  title: '嵌入这一结果',
  form: '形式',
  forms: {
    card: '卡片',
    badge: '徽章',
    full: '卡片与面板',
    chart: '图表',
    table: '表格',
    value: '句中的数值',
    frame: '框架',
    picture: '图片（SVG）',
    markdown: '文本（Markdown）'
  },
  about: {
    card: '结论与四个数值，在展示它的页面上计算。',
    badge: '一行文字，可放在标题或下载链接旁。',
    full: '卡片，下方是内存、时间和能耗的去向。',
    chart: '速度与内存如何变化。',
    table: '对比中与此模型或设备相同的每个选择各占一行。加入对比即可增加行。',
    value: '像一个词一样放在句子里，字体随句子。',
    frame: '用于允许框架的页面。脚本为框架设定高度：不允许脚本时请去掉它并自行设定高度。',
    picture: '用于 README 和论文。不会自动更新；再次运行命令即可重画。',
    markdown: '用于 README 和 issue。不会自动更新；再次运行命令即可重写。'
  },
  pinned: '固定为版本 {version} 及其数据 {revision}',
  pinnedNote: '否则使用本站最新的版本和数据。',
  code: '代码',
  line: '命令',
  reading: '其他网站的页面要加载它，{host} 需允许它们读取文件（CORS）；不允许时请用框架。',
  copy: '复制',
  preview: '预览'
};

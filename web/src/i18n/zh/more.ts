export const more = {
  placement: '放置位置',
  devices: '同类设备数量',
  gpuLayers: '放在设备上的层数',
  cpuMoe: '专家留在主机上的层数',
  kvCache: 'KV 缓存',
  onDevice: '在设备上',
  onHost: '在主机上',
  asFit: '能放多少放多少',
  hostTypical: '典型主机',
  drafting: '推测解码',
  draftTokens: '草稿 token 数',
  fastest: '取最快的',
  acceptance: '接受率',
  published: '按公开结果',
  scope: '功耗与能耗的范围',
  scopes: {
    rail: '单路供电',
    soc: '芯片',
    module: '板卡',
    gpu: '显卡',
    wall: '整机（插座处）'
  }
};

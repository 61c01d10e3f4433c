-- AlterTable
ALTER TABLE "Account" ADD COLUMN     "formerMemberId" TEXT,
ADD COLUMN     "lookAt" TIMESTAMP(3),
ADD COLUMN     "missingSince" TIMESTAMP(3);

-- CreateIndex
CREATE INDEX "Account_lookAt_guildId_idx" ON "Account"("lookAt", "guildId");

-- CreateIndex
CREATE INDEX "Account_guildId_lookAt_idx" ON "Account"("guildId", "lookAt");
